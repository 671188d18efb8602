@NullMarked
package dev.enclave.aws.internal;

import org.jspecify.annotations.NullMarked;
