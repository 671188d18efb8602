package dev.enclave.campaign.demo;

import dev.enclave.campaign.TotalOutageCampaign;

class TotalOutageTest extends TotalOutageCampaign {

  TotalOutageTest() {
    super(new KeyhouseUnderTest());
  }
}
