@NullMarked
package dev.enclave.core.internal.environment;

import org.jspecify.annotations.NullMarked;
