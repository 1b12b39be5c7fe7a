"""The toy in Keras"""

from core.keras.text import impossible

impossible("A toy has no Keras program.")
