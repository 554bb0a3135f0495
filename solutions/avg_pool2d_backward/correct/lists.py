# LEGRADE-CANARY solutions/avg_pool2d_backward/correct/lists.py
def avg_pool2d_backward(dout, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    stride = stride if stride is not None else kernel_size
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x_shape

    def cut(start, k, length):
        return k if count_include_pad else min(start + k, length) - max(start, 0)

    def along(pixel, k, s, p, length, positions):
        """List the windows over a pixel, each with its length that counts."""
        starts = [(i, i * s - p) for i in range(positions)]
        return [(i, cut(start, k, length)) for i, start in starts if start <= pixel < start + k]

    return [
        [
            [
                [
                    sum(
                        float(dout[n, c, i, j]) / (a * b)
                        for i, a in along(p, kh, sh, ph, H, dout.shape[2])
                        for j, b in along(q, kw, sw, pw, W, dout.shape[3])
                    )
                    for q in range(W)
                ]
                for p in range(H)
            ]
            for c in range(C)
        ]
        for n in range(N)
    ]
