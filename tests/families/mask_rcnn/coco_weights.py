"""What the file ``mask_rcnn_coco.h5`` holds, written down from its published listings.

Nothing here is computed by our network. The count of parameters printed with the original network
(64,158,584, of which 111,488 statistics of batch normalisation) checks the table itself.
"""

PARAMETERS, STATISTICS = 64_158_584, 111_488
CLASSES = 81
BLOCKS = {2: "abc", 3: "abcd", 4: "abcdefghijklmnopqrstuvw", 5: "abc"}
IN_MODEL = {"rpn_conv_shared": "rpn_model", "rpn_class_raw": "rpn_model"} | {
    "rpn_bbox_pred": "rpn_model"
}
CLASS_LAYERS = ("mrcnn_class_logits", "mrcnn_bbox_fc", "mrcnn_mask")


def weight_shapes(blocks=BLOCKS, channels=256, units=1024, classes=CLASSES):
    """Return {layer: {weight: shape}}."""
    table = _kernel("conv1", (7, 7, 3, 64)) | _norm("bn_conv1", 64)
    width = 64
    for stage, letters in blocks.items():
        inner, outer = 2 ** (stage + 4), 2 ** (stage + 6)
        for letter in letters:
            name = f"{stage}{letter}_branch"
            if letter == "a":
                table |= _pair(f"{name}1", (1, 1, width, outer))
            table |= _pair(f"{name}2a", (1, 1, width, inner))
            table |= _pair(f"{name}2b", (3, 3, inner, inner))
            table |= _pair(f"{name}2c", (1, 1, inner, outer))
            width = outer
    for level, width in ((2, 256), (3, 512), (4, 1024), (5, 2048)):
        table |= _kernel(f"fpn_c{level}p{level}", (1, 1, width, channels))
        table |= _kernel(f"fpn_p{level}", (3, 3, channels, channels))
    table |= _kernel("rpn_conv_shared", (3, 3, channels, 2 * channels))
    table |= _kernel("rpn_class_raw", (1, 1, 2 * channels, 6))
    table |= _kernel("rpn_bbox_pred", (1, 1, 2 * channels, 12))
    table |= _kernel("mrcnn_class_conv1", (7, 7, channels, units)) | _norm("mrcnn_class_bn1", units)
    table |= _kernel("mrcnn_class_conv2", (1, 1, units, units)) | _norm("mrcnn_class_bn2", units)
    table |= _kernel("mrcnn_class_logits", (units, classes))
    table |= _kernel("mrcnn_bbox_fc", (units, 4 * classes))
    for number in "1234":
        table |= _kernel(f"mrcnn_mask_conv{number}", (3, 3, channels, channels))
        table |= _norm(f"mrcnn_mask_bn{number}", channels)
    table |= _kernel("mrcnn_mask_deconv", (2, 2, channels, channels))
    return table | _kernel("mrcnn_mask", (1, 1, channels, classes))


def _pair(name, shape):
    return _kernel(f"res{name}", shape) | _norm(f"bn{name}", shape[-1])


def _kernel(name, shape):
    return {name: {"kernel": shape, "bias": shape[-1:]}}


def _norm(name, width):
    return {name: dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), (width,))}
