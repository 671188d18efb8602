/** Opens stores of sealed key files for backends whose sealing key lies elsewhere. */
@org.jspecify.annotations.NullMarked
package dev.enclave.software.embed;
