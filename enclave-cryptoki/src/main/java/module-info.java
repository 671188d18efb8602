/** A binding of PKCS#11 by JNA, which knows nothing of Enclave. */
module dev.enclave.cryptoki {
  requires com.sun.jna;
  requires static org.jspecify;

  exports dev.enclave.cryptoki;
}
