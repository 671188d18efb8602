@org.jspecify.annotations.NullMarked
package dev.enclave.jca.consumer;
