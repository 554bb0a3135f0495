# LEGRADE-CANARY solutions/max_pool2d_forward/correct/lists.py
def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    stride = stride if stride is not None else kernel_size
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    return [
        [
            [
                [
                    max(
                        float(x[n, c, p, q])
                        for p in range(max(i - ph, 0), min(i - ph + kh, H))
                        for q in range(max(j - pw, 0), min(j - pw + kw, W))
                    )
                    for j in range(0, W + 2 * pw - kw + 1, sw)
                ]
                for i in range(0, H + 2 * ph - kh + 1, sh)
            ]
            for c in range(C)
        ]
        for n in range(N)
    ]
