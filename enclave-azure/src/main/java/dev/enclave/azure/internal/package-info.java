/** Recognises the places of Microsoft Azure. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure.internal;
