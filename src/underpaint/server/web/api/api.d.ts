/** What travels between server and page; the shapes of `server/schemas.py`, `request.py`, `tasks.py`, `advice.py`. */

export interface Frame { x: number; y: number; width: number; height: number }

export interface PictureInfo {
  sha256: string;
  width: number;
  height: number;
  has_alpha: boolean;
  bits: number;
  notes: string[];
}

// ---- settings

export type MaskMode = "masked" | "not-masked";
export type MaskedContent = "original" | "fill" | "latent-noise" | "latent-nothing";
export type InpaintArea = "whole" | "only-masked";
export type ResizeMode = "just-resize" | "crop-and-resize" | "resize-and-fill" | "latent-upscale";
export type RngSource = "cpu" | "nv";
export type Emphasis = "original" | "no-norm" | "ignore" | "none";

export interface Rules {
  file_reading: "a1111" | "exact";
  steps: "a1111" | "a1111-fix-steps" | "exact";
  latent_mask: "rounded" | "covering" | "soft";
  content_noise: "shared" | "independent";
  subseed_blend: "a1111" | "image";
  guidance_start: "a1111" | "exact";
  composite: "a1111" | "exact";
  pixel_rounding: "truncate" | "nearest";
  colour_correction: "a1111" | "exact";
  ddim: "a1111" | "exact";
  last_step: "a1111" | "clean";
  one_step: "lowest" | "highest";
  beta_quantiles: "sigma" | "timestep";
  step_control: "batch" | "image";
  third_order: "a1111" | "exact";
  unipc_corrector: "a1111" | "exact";
  prompt_weight: "a1111" | "composition";
  prompt_timeline: "a1111" | "exact";
  prompt_breaks: "a1111" | "everywhere";
  emphasis_mean: "a1111" | "each";
  text_lengths: "a1111" | "own";
  moved_embeddings: "a1111" | "follow";
  repeated_networks: "a1111" | "each";
  unknown_networks: "ignored" | "refused";
}

export interface PromptSettings {
  positive: string;
  negative: string;
  clip_skip: number;
  emphasis: Emphasis;
  edit_times: "pointed" | "below-one";
  comma_backtrack: number;
  padding: "none" | "empty" | "repeat";
  uses_networks: boolean;
}

export interface MaskSettings { mode: MaskMode; grow_px: number; blur_x_px: number; blur_y_px: number; conditioning_strength: number }

export interface CanvasSettings {
  content: MaskedContent;
  area: InpaintArea;
  padding_px: number;
  width: number | null;
  height: number | null;
  resize_mode: ResizeMode;
  background: string;
  corrects_colours: boolean;
  keeps_original: boolean;
}

export interface SamplingSettings {
  denoising_strength: number;
  steps: number;
  sampler: string;
  scheduler: string;
  schedule: ScheduleSettings;
  cfg_scale: number;
  negative_min_sigma: number;
  negative_min_sigma_every_call: boolean;
  negative_from: number;
  eta: number | null;
  churn: number;
  churn_sigma_min: number;
  churn_sigma_max: number;
  noise_scale: number;
  discards_penultimate_sigma: boolean;
  noise_levels: "trained" | "zero-terminal-snr";
  rounds_alphas: boolean;
  resampling: number;
  rounds_timesteps: boolean;
  unipc: UniPcSettings;
  tiles: boolean;
}

export interface ScheduleSettings { sigma_min: number; sigma_max: number; rho: number; beta_alpha: number; beta_beta: number }

export interface UniPcSettings {
  variant: "bh1" | "bh2" | "vary-coeff";
  order: number;
  lowers_final_order: boolean;
  spacing: "time-uniform" | "time-quadratic" | "log-snr";
}

export interface NoiseSettings {
  seed: number | null;
  subseed: number | null;
  subseed_strength: number;
  seed_resize_from_width: number;
  seed_resize_from_height: number;
  source: RngSource;
  multiplier: number;
  is_sgm_scaled: boolean;
  extra: number;
  eta_seed_delta: number;
}

export interface SoftInpaintingSettings {
  enabled: boolean;
  schedule_bias: number;
  preservation_strength: number;
  transition_contrast: number;
  mask_influence: number;
  difference_threshold: number;
  difference_contrast: number;
}

export interface ExtraPictures { mask: boolean; cut_out: boolean }
export interface BatchSettings { size: number; count: number }

export type ControlPreprocessor = "none" | "lineart" | "canny" | "inpaint";
export interface ControlUnit {
  model: string;
  picture: string | null;
  preprocessor: ControlPreprocessor;
  weight: number;
  start: number;
  end: number;
}

export interface InpaintRequest {
  model: string;
  prompt: PromptSettings;
  mask: MaskSettings;
  canvas: CanvasSettings;
  sampling: SamplingSettings;
  noise: NoiseSettings;
  soft_inpainting: SoftInpaintingSettings;
  extras: ExtraPictures;
  batch: BatchSettings;
  controls: ControlUnit[];
  rules: Rules;
  unwritten_keys: string[];
}

export type Underpainting = "sketch" | MaskedContent;
export type Task = "fix-detail" | "add" | "replace" | "background" | "extend" | "custom";

export interface TaskPreset {
  task: Task;
  name: string;
  description: string;
  underpainting: Underpainting | null;
  denoising_strength: number | null;
  area: InpaintArea | null;
  padding_px: number | null;
  grow_px: number | null;
  blur_px: number | null;
  mask_mode: MaskMode | null;
  resampling: number | null;
  needs_picture: boolean;
}

export interface Fix {
  label: string;
  request: InpaintRequest | null;
  underpainting: Underpainting | null;
  action: string | null;
  amount_px: number | null;
}

export interface Advice { code: string; kind: "warning" | "hint"; message: string; why: string; fix: Fix | null }

// ---- projects

export type NodeKind = "import" | "blank" | "generate" | "edit" | "extend" | "blend";
export type Layer = "mask" | "sketch";
export interface ResultRef { job_id: string; index: number }

export interface Node {
  id: string;
  project_id: string;
  parent_id: string | null;
  kind: NodeKind;
  name: string;
  is_starred: boolean;
  picture: PictureInfo;
  created_at: string;
  kept_from: ResultRef | null;
  recipe: { [key: string]: unknown } | null;
  blended_with_id: string | null;
}

export interface ProjectSummary {
  id: string;
  name: string;
  created_at: string;
  updated_at: string;
  node_count: number;
  head_picture: PictureInfo | null;
}

/** What the page keeps with a project; the server only stores it. */
export interface ProjectView {
  /** None while the picture is fitted into the window. */
  place?: { zoom: number; x: number; y: number } | null;
  tool?: string;
  brush?: { size: number; hardness: number };
  paint?: { size: number; hardness: number; opacity: number; colour: string };
  colours?: string[];
  hidden_advice?: string[];
  open_sections?: string[];
}

export interface Project {
  id: string;
  name: string;
  created_at: string;
  updated_at: string;
  head_id: string | null;
  view: ProjectView;
  nodes: Node[];
}

export interface LayerInfo { version: number; tiles: number; bounds: Frame | null; cover: number }

/** The part of a draft that is settings: what the panel shows, a preset keeps and a job is started with. */
export interface Settings { request: InpaintRequest; underpainting: Underpainting; task: Task }
export interface Draft extends Settings { node_id: string | null; mask: LayerInfo; sketch: LayerInfo }
export interface Preset extends Settings { name: string }

// ---- jobs

export type JobState = "queued" | "paused" | "running" | "done" | "failed" | "cancelled";
export interface Problem { code: string; message: string; field: string | null }

export interface JobResult {
  index: number;
  state: "waiting" | "done" | "skipped";
  seed: number;
  picture: PictureInfo | null;
  changed_outside_px: number | null;
  change_delta_e: number | null;
  seconds: number | null;
  is_starred: boolean;
  kept_as: string | null;
}

export interface Progress {
  phase: string;
  image: number;
  images: number;
  step: number;
  steps: number;
  share: number;
  eta_s: number | null;
  preview: number;
}

export interface Job extends Settings {
  id: string;
  project_id: string;
  node_id: string | null;
  name: string;
  state: JobState;
  position: number;
  results: JobResult[];
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  seconds: number;
  error: Problem | null;
  was_resumed: boolean;
  is_dismissed: boolean;
  variety_delta_e: number | null;
  progress: Progress | null;
}

export interface Queue { is_paused: boolean; jobs: Job[] }

// ---- what the page asks before a job

export interface Inspection {
  frame: Frame | null;
  working_width: number;
  working_height: number;
  runs_steps: number;
  steps_known: "exact" | "at-most" | "adaptive";
  of_steps: number;
  resampled_steps: number;
  mask_cover: number;
  mask_cover_of_frame: number;
  advice: Advice[];
  notes: string[];
}

export type Stage = "prepared" | "first-step";
export interface PreparedPreview { underpainting: Underpainting; url: string }
export interface Underpaintings {
  frame: Frame;
  working_width: number;
  working_height: number;
  previews: PreparedPreview[];
}

export interface Description { prompt: string; captioner: string }

// ---- things around

export interface Recommended { steps: number | null; sampler: string | null; scheduler: string | null; cfg_scale: number | null }
export interface ModelInfo { name: string; kind: string; is_builtin: boolean; is_inpaint_model: boolean; recommended: Recommended }
export interface ControlNetInfo { name: string; is_builtin: boolean; fits: string[] }
export type EngineState = "starting" | "ready" | "busy" | "restarting" | "failing";

export interface Status {
  version: string;
  engine: EngineState;
  engine_problem: Problem | null;
  device: string | null;
  models_folder: string;
  captioner: string | null;
  samplers: string[];
  schedulers: string[];
}

export interface SavedMask { id: string; name: string; picture: PictureInfo; created_at: string }

export interface FileSettings {
  request: InpaintRequest;
  source: string;
  notes: string[];
  picture: PictureInfo | null;
  mask: PictureInfo | null;
}

export type Selection =
  | { kind: "region"; x: number; y: number; radius_px?: number }
  | { kind: "box"; x: number; y: number; width: number; height: number }
  | { kind: "edge"; points: [number, number][] };

export interface Extension {
  left_px: number;
  top_px: number;
  right_px: number;
  bottom_px: number;
  overlap_px?: number;
}

// ---- events

export interface ServerEvents {
  snapshot: { queue: Queue; engine: EngineState; engine_problem: Problem | null; project: Project | null };
  job: Job;
  progress: { job_id: string; progress: Progress };
  result: { job_id: string; result: JobResult };
  queue: { is_paused: boolean; order: string[] };
  project: { project_id: string; client: string | null };
  draft: { node_id: string | null; layers: Layer[]; has_settings: boolean; client: string | null };
  engine: { state: EngineState; problem: Problem | null };
}

// ---- bodies of requests

export interface ProjectChange { name?: string; head_id?: string; view?: ProjectView }
export interface BlankPicture { name?: string; width: number; height: number; colour: string }
export interface NodeChange { name?: string; is_starred?: boolean }
export interface BlendOrder { with_id: string; opacity: number; uses_mask: boolean }
export interface PreviewOrder { request: InpaintRequest; stage: Stage; underpaintings: Underpainting[] | null; px?: number }
export interface JobOrder extends Settings { node_id: string | null; name?: string; is_next?: boolean }
export interface JobChange { is_dismissed?: boolean; name?: string }
export interface ResultChange { is_starred: boolean }
export interface KeepOrder { keeps_mask: boolean; keeps_sketch: boolean; name?: string }
/** Where a draft lives: on a node, or on a project without a picture. */
export interface Place { nodeId: string | null; projectId: string }
