package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.TotalOutageCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class TotalOutageTest extends TotalOutageCampaign {

  TotalOutageTest() {
    super(new SoftHsmUnderTest());
  }
}
