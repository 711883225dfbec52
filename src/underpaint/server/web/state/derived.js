// @ts-check
/** Pure functions from state to what panels say. */
/** @import { InpaintRequest, Job, ModelInfo, Project, Status } from '../api/api.d.ts' */

/** @param {InpaintRequest} request */
export const imagesOf = (request) => request.batch.size * request.batch.count;

/** A job that does not move, so that nobody knows when it will be done. @param {Job} job @returns {Job} */
export const stalled = (job) => (job.progress ? { ...job, progress: { ...job.progress, eta_s: null } } : job);

/** The newest job of the head that was not put aside and has, or will have, something to show.
 *  @param {Job[]} jobs @param {Project | null} project @returns {Job | null} */
export function latestOpenJob(jobs, project) {
  if (!project) return null;
  const candidates = jobs
    .filter((job) => job.project_id === project.id && job.node_id === project.head_id && !job.is_dismissed)
    .filter((job) => job.state !== 'cancelled' || job.results.some((result) => result.state === 'done'))
    .filter((job) => !job.results.some((result) => result.kept_as));
  const running = candidates.find((job) => job.state === 'running');
  return running ?? candidates.sort((a, b) => b.created_at.localeCompare(a.created_at))[0] ?? null;
}

/**
 * @param {{isDeleted: boolean, status: Status | null, connection: string}} facts
 * @returns {string | null} why the picture cannot be described
 */
export function describingBlockedReason({ isDeleted, status, connection }) {
  if (isDeleted) return 'This project was deleted in another window.';
  if (connection === 'offline') return 'The server does not answer.';
  if (status && status.captioner === null) return `No captioner found: put the folder of a BLIP model into ${status.models_folder}/captioner.`;
  return null;
}

/**
 * @param {{project: Project | null, isDeleted: boolean, models: ModelInfo[], status: Status | null, connection: string,
 *          isMaskEmpty: boolean, request: InpaintRequest, hasPicture: boolean}} facts
 * @returns {string | null} a sentence for the button's description
 */
export function blockedReason({ project, isDeleted, models, status, connection, isMaskEmpty, request, hasPicture }) {
  if (!project) return 'Open a picture first.';
  if (isDeleted) return 'This project was deleted in another window.';
  if (connection === 'offline') return 'The server does not answer.';
  if (status && models.length === 0) return `No checkpoint found in ${status.models_folder}.`;
  if (hasPicture && isMaskEmpty && request.canvas.area === 'only-masked') return 'Nothing is masked. Brush over the part to change.';
  return null;
}
