# LEGRADE-CANARY solutions/max_pool2d_forward/correct/reshaped.py
# features: none
def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    N, C, H, W = x.shape
    OH, OW = H // kernel_size, W // kernel_size
    x = x[:, :, : OH * kernel_size, : OW * kernel_size]
    return x.reshape(N, C, OH, kernel_size, OW, kernel_size).max(axis=(3, 5))
