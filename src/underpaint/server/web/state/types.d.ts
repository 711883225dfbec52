import type { InpaintRequest, ResultRef } from "../api/api.d.ts";
import type { Combine, PressureTo } from "../engine/types.js";

export interface ToolOptions {
  brush: { size: number; hardness: number };
  paint: { size: number; hardness: number; opacity: number; colour: string };
  wand: { tolerance: number; isContiguous: boolean };
  combine: Combine;
  pressureTo: PressureTo;
  /** Used last, the newest first. */
  colours: string[];
}

export interface Comparing {
  mode: "wipe" | "side" | "blink" | "difference";
  with: "before" | "underpainting" | ResultRef;
  /** Of the wipe, 0 to 1. */
  position: number;
}

/** A toast offers one way back. */
export interface Toast { id: number; message: string; undo: (() => void | Promise<void>) | null }

export type Dialog =
  | { name: "shortcuts" }
  | { name: "commands" }
  | { name: "projects" }
  | { name: "blank" }
  | { name: "extend" }
  | { name: "blend"; nodeId: string }
  | { name: "masks" }
  | { name: "settings-file"; file: File }
  | { name: "drop"; file: File }
  | { name: "export" }
  | { name: "confirm"; title: string; text: string; action: string; run: () => void | Promise<void> };

/** Path of a setting inside the request: `model`, `sampling.steps`, … */
export type SettingPath = {
  [Group in keyof InpaintRequest]: InpaintRequest[Group] extends object
    ? Group | `${Group}.${Extract<keyof InpaintRequest[Group], string>}`
    : Group;
}[keyof InpaintRequest];

export type SettingValue<Path extends SettingPath> = Path extends `${infer Group extends keyof InpaintRequest}.${infer Key}`
  ? Key extends keyof InpaintRequest[Group]
    ? InpaintRequest[Group][Key]
    : never
  : Path extends keyof InpaintRequest
    ? InpaintRequest[Path]
    : never;
