package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.LostImportsCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class LostImportsTest extends LostImportsCampaign {

  LostImportsTest() {
    super(new SoftHsmUnderTest());
  }
}
