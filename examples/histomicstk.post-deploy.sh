#!/usr/bin/env bash
# HistomicsTK, and what its module of segmentation imports. Its other dependencies read slides, and
# one of them has to be built against a Java that is seldom there.
set -euo pipefail
pip install --no-deps histomicstk==1.4.0
pip install ctk-cli==1.5 "dask[dataframe]==2026.8.0" distributed==2026.8.0 girder-client==5.0.21 \
    girder-slicer-cli-web==5.0.21 imageio==2.38.1 large-image==1.35.6 matplotlib==3.11.2 \
    nimfa==1.4.0 opencv-python-headless==5.0.0.93 shapely==2.2.0 sqlalchemy==2.1.9 \
    "numpy==2.4.6" "pandas==3.1.1" "scikit-image==0.26.0" "scikit-learn==1.9.1" "scipy==1.17.1"
