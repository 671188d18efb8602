@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.credentials;
