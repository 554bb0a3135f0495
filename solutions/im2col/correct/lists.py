# LEGRADE-CANARY solutions/im2col/correct/lists.py
def im2col(x, kernel_size, stride=1, padding=0):
    kh, kw = [kernel_size] * 2 if isinstance(kernel_size, int) else kernel_size
    sh, sw = [stride] * 2 if isinstance(stride, int) else stride
    ph, pw = [padding] * 2 if isinstance(padding, int) else padding
    H, W = x.shape[2:]

    def pixel(channel, i, j):
        return float(channel[i, j]) if 0 <= i < H and 0 <= j < W else 0.0

    starts = [(i, j) for i in range(-ph, H + ph - kh + 1, sh) for j in range(-pw, W + pw - kw + 1, sw)]
    return [
        [[pixel(c, i + p, j + q) for i, j in starts] for c in image for p in range(kh) for q in range(kw)]
        for image in x
    ]
