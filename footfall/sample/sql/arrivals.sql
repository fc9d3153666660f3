-- New rows reach the landing zone when the server receives them; rows from before the first day are dropped.

delete from events where received_at < (select start from config);

update events set arrived_at = received_at where arrived_at is null;
