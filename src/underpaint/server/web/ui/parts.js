// @ts-check
/** Small components that every panel shares. */
export { Badge, Button, Icon, IconButton, Kbd } from './parts/button.js';
export { Segments, Switch, Stepper, Radios } from './parts/choice.js';
export { Slider } from './parts/slider.js';
export { Accordion, Field, Select, TextArea, TextField, NumberField } from './parts/field.js';
export { Menu, Popover } from './parts/menu.js';
export { Progress } from './parts/progress.js';
export { useRoving } from './parts/roving.js';
