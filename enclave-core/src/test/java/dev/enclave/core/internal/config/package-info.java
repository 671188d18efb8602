@NullMarked
package dev.enclave.core.internal.config;

import org.jspecify.annotations.NullMarked;
