"""Numbers that define the network, as its COCO weights and its papers have them."""

STRIDES = (4, 8, 16, 32, 64)  # pixels per cell of the pyramid levels P2..P6
RATIOS = (0.5, 1.0, 2.0)  # width / height of the anchors at each cell
BOX_BINS = 7  # cells per side of what the class and box head sees
MASK_BINS = 14  # the same of the mask head, which doubles it
MASK_SIZE = 28  # cells per side of a predicted mask
CLASSES = 2  # background, nucleus
MAX_BLOCKS = 26  # in a stage, because blocks are named by letters
