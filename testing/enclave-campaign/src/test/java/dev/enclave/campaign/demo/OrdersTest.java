package dev.enclave.campaign.demo;

import dev.enclave.campaign.OrdersCampaign;

class OrdersTest extends OrdersCampaign {

  OrdersTest() {
    super(new KeyhouseUnderTest());
  }
}
