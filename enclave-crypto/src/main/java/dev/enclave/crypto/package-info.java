/** Local mathematics for code that holds keys itself: sign, wrap, hash, seal. */
@NullMarked
package dev.enclave.crypto;

import org.jspecify.annotations.NullMarked;
