@NullMarked
package dev.enclave.azure.internal.http;

import org.jspecify.annotations.NullMarked;
