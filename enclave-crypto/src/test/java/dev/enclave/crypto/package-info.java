@NullMarked
package dev.enclave.crypto;

import org.jspecify.annotations.NullMarked;
