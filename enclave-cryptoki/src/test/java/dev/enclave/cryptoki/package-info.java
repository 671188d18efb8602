@org.jspecify.annotations.NullMarked
package dev.enclave.cryptoki;
