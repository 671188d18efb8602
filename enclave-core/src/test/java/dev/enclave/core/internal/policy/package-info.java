@NullMarked
package dev.enclave.core.internal.policy;

import org.jspecify.annotations.NullMarked;
