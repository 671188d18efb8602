/** Looks for secrets in heap and core dumps. */
@NullMarked
package dev.enclave.dumps;

import org.jspecify.annotations.NullMarked;
