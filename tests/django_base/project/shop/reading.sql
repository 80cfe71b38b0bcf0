CREATE TABLE shop_reading (id bigint, region varchar(10), value integer, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE shop_reading_north PARTITION OF shop_reading FOR VALUES IN ('north');
CREATE TABLE shop_reading_south (region varchar(10) NOT NULL, value integer, id bigint NOT NULL);
ALTER TABLE shop_reading ATTACH PARTITION shop_reading_south FOR VALUES IN ('south');
