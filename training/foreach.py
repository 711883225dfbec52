"""Operations on lists of tensors in one go, as torch's own optimizers do them: its functions for that are private."""

from typing import Any

import torch

_torch: Any = torch
add_ = _torch._foreach_add_
lerp = _torch._foreach_lerp
lerp_ = _torch._foreach_lerp_
mul_ = _torch._foreach_mul_
