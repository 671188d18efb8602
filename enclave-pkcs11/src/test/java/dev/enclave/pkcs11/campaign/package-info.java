/** The campaigns, in tokens whose library fails on command. */
@org.jspecify.annotations.NullMarked
package dev.enclave.pkcs11.campaign;
