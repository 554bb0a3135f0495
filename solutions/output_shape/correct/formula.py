# LEGRADE-CANARY solutions/output_shape/correct/formula.py
def output_shape(size, kernel_size, stride=1, padding=0, dilation=1):
    H, W = (size, size) if isinstance(size, int) else size
    KH, KW = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    SH, SW = (stride, stride) if isinstance(stride, int) else stride
    PH, PW = (padding, padding) if isinstance(padding, int) else padding
    DH, DW = (dilation, dilation) if isinstance(dilation, int) else dilation
    OH = 1 + (H + 2 * PH - DH * (KH - 1) - 1) // SH
    OW = 1 + (W + 2 * PW - DW * (KW - 1) - 1) // SW
    if min(OH, OW) <= 0:
        raise ValueError("no window fits")
    return OH, OW
