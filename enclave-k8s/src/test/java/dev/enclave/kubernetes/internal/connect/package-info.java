@org.jspecify.annotations.NullMarked
package dev.enclave.kubernetes.internal.connect;
