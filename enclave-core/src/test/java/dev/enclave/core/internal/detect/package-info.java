@NullMarked
package dev.enclave.core.internal.detect;

import org.jspecify.annotations.NullMarked;
