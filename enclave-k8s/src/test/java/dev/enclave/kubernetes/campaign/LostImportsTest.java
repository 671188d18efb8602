package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.LostImportsCampaign;
import org.junit.jupiter.api.Tag;

/** With a key-encryption key on Azure Key Vault. */
@Tag("needs-kube-apiserver")
class LostImportsTest extends LostImportsCampaign {

  LostImportsTest() {
    super(new KekOnAzure());
  }
}
