// @ts-check
/** A setting as the properties of a control: its value, its error, and how it is changed. */
import { endGesture, setSetting } from '../../state/actions.js';
import { settingAt } from '../../state/settings.js';
import { fieldErrors, request } from '../../state/store.js';
/** @import { SettingPath, SettingValue } from '../../state/types.d.ts' */

/** For sliders, lists and segments. @template {SettingPath} P @param {P} path */
export function bound(path) {
  /** @param {SettingValue<P>} value */
  const set = (value) => setSetting(path, value);
  return { value: settingAt(request.value, path), error: fieldErrors.value.get(path), onInput: set, onChange: set, onCommit: endGesture };
}

/** For numbers that are typed: one change when the field is left. @template {SettingPath} P @param {P} path */
export function boundField(path) {
  return {
    value: settingAt(request.value, path),
    error: fieldErrors.value.get(path),
    onCommit: (/** @type {SettingValue<P>} */ value) => {
      setSetting(path, value);
      endGesture();
    },
  };
}

/** For switches. @param {{[P in SettingPath]: SettingValue<P> extends boolean ? P : never}[SettingPath]} path */
export function boundSwitch(path) {
  return {
    isOn: settingAt(request.value, path),
    onChange: (/** @type {boolean} */ isOn) => {
      setSetting(path, isOn);
      endGesture();
    },
  };
}
