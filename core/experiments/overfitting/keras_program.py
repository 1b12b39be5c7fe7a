"""Overfitting, in Keras"""

from core.keras.text import impossible

impossible("Here points and features come and go while it trains. Keras' fit takes its data once, and a Dense layer its number of inputs.")
