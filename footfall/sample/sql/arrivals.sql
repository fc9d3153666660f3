-- New rows reach the landing zone when the server receives them; what is from before the first day is left out.

delete from events where received_at < (select start from config);

update events set arrived_at = received_at where arrived_at is null;
