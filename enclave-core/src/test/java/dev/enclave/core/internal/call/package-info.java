@NullMarked
package dev.enclave.core.internal.call;

import org.jspecify.annotations.NullMarked;
