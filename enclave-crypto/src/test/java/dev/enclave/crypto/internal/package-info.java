@NullMarked
package dev.enclave.crypto.internal;

import org.jspecify.annotations.NullMarked;
