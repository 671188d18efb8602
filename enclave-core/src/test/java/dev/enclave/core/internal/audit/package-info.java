@NullMarked
package dev.enclave.core.internal.audit;

import org.jspecify.annotations.NullMarked;
