@NullMarked
package dev.enclave.azure.internal;

import org.jspecify.annotations.NullMarked;
