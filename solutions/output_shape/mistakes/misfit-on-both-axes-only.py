# LEGRADE-CANARY solutions/output_shape/mistakes/misfit-on-both-axes-only.py
def output_shape(size, kernel_size, stride=1, padding=0, dilation=1):
    H, W = (size, size) if isinstance(size, int) else size
    KH, KW = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    SH, SW = (stride, stride) if isinstance(stride, int) else stride
    PH, PW = (padding, padding) if isinstance(padding, int) else padding
    DH, DW = (dilation, dilation) if isinstance(dilation, int) else dilation
    OH = (H + 2 * PH - DH * (KH - 1) - 1) // SH + 1
    OW = (W + 2 * PW - DW * (KW - 1) - 1) // SW + 1
    if OH < 1 and OW < 1:
        raise ValueError(f"no window of {KH} x {KW} fits into an image of {H} x {W}")
    return OH, OW
