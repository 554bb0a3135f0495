# LEGRADE-CANARY solutions/avg_pool2d_forward/correct/reshaped.py
# features: none
def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    k = kernel_size
    N, C, H, W = x.shape
    x = x[:, :, : H - H % k, : W - W % k]
    return x.reshape(N, C, H // k, k, W // k, k).mean(axis=(3, 5))
