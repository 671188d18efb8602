@NullMarked
package dev.enclave.core.internal.resolve;

import org.jspecify.annotations.NullMarked;
