from nucleibench.report.methods import METHODS, describe_method, in_groups, in_order


def test_groups_follow_the_paper_whatever_the_order_given():
    assert in_groups(["gb_unet", "mine", "unet_vgg19", "fiji", "otsu", "unet_vgg16"]) == [
        ("Classical segmentation", ["otsu", "fiji"]),
        ("U-Net with varying encoders", ["unet_vgg16", "unet_vgg19"]),
        ("Mask R-CNN and ensemble networks", ["gb_unet"]),
        ("Beyond the paper", ["mine"]),
    ]


def test_unregistered_methods_keep_their_order_after_all_others():
    assert in_order(["zeta", "alpha", "otsu", "compact_unet"]) == [
        *("otsu", "compact_unet", "zeta", "alpha")
    ]


def test_an_unregistered_method_goes_by_its_key():
    assert describe_method("my_method").name == "my_method"


def test_names_are_unique():
    assert len({method.name for method in METHODS.values()}) == len(METHODS)
    assert len({method.short for method in METHODS.values()}) == len(METHODS)
