@NullMarked
package dev.enclave.gcp.internal;

import org.jspecify.annotations.NullMarked;
