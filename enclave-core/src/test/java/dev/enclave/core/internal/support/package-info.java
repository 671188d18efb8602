@NullMarked
package dev.enclave.core.internal.support;

import org.jspecify.annotations.NullMarked;
