# LEGRADE-CANARY solutions/conv2d_backward/correct/lists.py
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = [stride] * 2 if isinstance(stride, int) else stride
    ph, pw = [padding] * 2 if isinstance(padding, int) else padding
    eh, ew = [dilation] * 2 if isinstance(dilation, int) else dilation
    N, C, H, W = x.shape
    F, CG, KH, KW = w.shape
    per_group = F // groups
    x, w, dout = x.tolist(), w.tolist(), dout.tolist()
    dx = [[[[0.0] * W for _ in range(H)] for _ in range(C)] for _ in range(N)]
    dw = [[[[0.0] * KW for _ in range(KH)] for _ in range(CG)] for _ in range(F)]
    db = [sum(sum(map(sum, image[f])) for image in dout) for f in range(F)]
    offsets = [(k, p, q) for k in range(CG) for p in range(KH) for q in range(KW)]
    for n in range(N):
        for f in range(F):
            for i, row in enumerate(dout[n][f]):
                for j, g in enumerate(row):
                    for k, p, q in offsets:
                        c, r, s = f // per_group * CG + k, i * sh + p * eh - ph, j * sw + q * ew - pw
                        if 0 <= r < H and 0 <= s < W:
                            dx[n][c][r][s] += g * w[f][k][p][q]
                            dw[f][k][p][q] += g * x[n][c][r][s]
    return dx, dw, db
