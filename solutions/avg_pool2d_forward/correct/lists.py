# LEGRADE-CANARY solutions/avg_pool2d_forward/correct/lists.py
def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    stride = stride if stride is not None else kernel_size
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    H, W = x.shape[2:]

    def mean(channel, i, j):
        pixels = [
            channel[p][q]
            for p in range(max(i - ph, 0), min(i - ph + kh, H))
            for q in range(max(j - pw, 0), min(j - pw + kw, W))
        ]
        return sum(pixels) / (kh * kw if count_include_pad else len(pixels))

    rows, columns = range(0, H + 2 * ph - kh + 1, sh), range(0, W + 2 * pw - kw + 1, sw)
    return [[[[mean(c, i, j) for j in columns] for i in rows] for c in image] for image in x.tolist()]
